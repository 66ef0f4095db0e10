// Written by core/text/detect/make_byte_pairs.py: run it to change this.
//
// Costs as in byte_model.h, as characters from '0' on.
#ifndef MARCD_CORE_TEXT_DETECT_BYTE_PAIRS_H_
#define MARCD_CORE_TEXT_DETECT_BYTE_PAIRS_H_

namespace marcd {

// Columns: the letters a to z, whatever their case; what is no letter; a byte from
// 0x80 on that is a letter or a mark of the encoding.
constexpr int kOtherColumn = 26;
constexpr int kHighColumn = 27;

// clang-format off

// Bytes 0xE0 to 0xFF of ANSEL, by what follows.
constexpr char kMarc8Pairs[32][29] = {
    "=MGKAMKH@MIKKG@MMIFG?MMMCHM<", "9IDG9IGD:IFGGC=IIFBD;IIICEI;",
    "6E;C4EC@7EBCC=7EEB8@:EEE;?E9", ":JDH9JHE<JFGHD:JJFCD>JJJGEJ<",
    ":KEI@KIF@KGHI:=KKGDE@KKKCFK>", "5FAD:FDA6FCDD@7FFC?A:FFFDBFA",
    ":HCF?H<C7HEFGC8HHEBC<HHHFDH@", "BKFI;KIFCKHIJ<CKKHEFDKKKI;KF",
    "6GBE=GEB;GDEFB7GGDAB7GGGECGB", "?I:A:IGD<IF?G@@II;9>BIIIG:ID",
    "9KFIBKIFBKHIIFCKKHDF=KKKIGKF", "@IDG@IGD7IFGHDAIIFC:BIIIGEED",
    "8IDG@IGDAIFGHDAIIF:D;IIIGEID", "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ",
    "DMHKDMLHEMJKLH<MMJGH?MMMKIMH", "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ",
    "AK9IBKBFBKA@I?BKKG;EDKKKHFKE", ":KFI:KIF?KHIIEBKKGDF=KKKIGKF",
    ";GB<:GE8=G:E<89GG;89>GGGD<G=", "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ",
    "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ", "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ",
    "DMHLDMLHEMJ<LHEMMJGHFMMMKIMH", "CMHKDMKHDMJKKGDMMI=<FMMMKIMH",
    "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ", "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ",
    "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ", "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ",
    "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ", "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ",
    "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ", "EOJMFOMJFOLMMIGOOLHJHOOOMKOJ",
};
// By what stands before: a vowel, a consonant, no letter, a byte from 0x80 on.
constexpr char kMarc8Before[32][5] = {
    "3155", "3147", "315:", "4153", "2198", "6086", "12;7", "233:",
    "505>", "224=", "605;", "173=", "13:=", "3147", "4058", "3147",
    "1346", "3178", "2325", "3147", "3147", "3147", "1368", "1249",
    "3147", "3147", "3147", "3147", "3147", "3147", "3147", "3147",
};
// By column: what stands behind what follows, likewise.
constexpr char kMarc8Then[28][5] = {
    "5135", "3135", "1433", "1346", "5139", "3135", "2253",
    "1443", "4223", "3135", "0568", "4316", "5056", "1475",
    "5149", "3135", "3135", "3262", "2263", "2462", "5058",
    "3135", "3135", "3135", "6126", "2343", "3135", "045:",
};

// Bytes 0xE0 to 0xFF of Latin-1, by what follows.
constexpr char kLatin1Pairs[32][29] = {
    "DDBDDDCE?GFB@=?DD@@AADHF>G8E", "A<;=A><?>>=:;9?=A:9:@<E@A=9@",
    "FC>FFH@FCIF@><FGDAC=@GJJ@HBG", "EFDF@GEFBHGDD@9FICBCGFIIBH>F",
    "A@;<@=;:=A=:;8A@D9:9;=EA>B9;", "C?C=>C=BFF?=B<D@H;>=F@HHGG:D",
    "EBC?CA>FDD>=@=ECI;>>F@IIIHA@", ":CCE>FDE>GE@AA;EHBBA>EHHHG>9",
    "CA=?DE=EDGF><=BD@9;<F=GEGE<E", ";;8:8;9=>==999<9<778=:C>C?6>",
    "DD?EDFEFGHGA<;EDBB>:@@HEHH=F", "HIHHEJIJELJ@HAIJLCGGKHLHLH@J",
    "DHGHHIHHJKIGB>HIKEFFGIKLKJ=I", "8>;<A>>?EA>><;=?B<;;B=FFF?9@",
    "FHBGGIGHDJI@B<GHKDE<IHJKJJCH", "FEBCEEIIKLJDFAIJBDABKDFMLKCJ",
    ">CFFDCCC=CEBDBFGJA@D>CJKII<F", ";FEF?GFFEIGEEC:GICDDDFIJIHB?",
    "BFEFFHDHEKIDC?HEHBDEJHKGKJ<H", "@>>=BA=B???;<7B>D;==D>;?EA8@",
    "FDEDFHFG?EF>><EAJBA<HCJIID>G", "GHGH<IHHDKIGFDHIKEFFJHKLKJAI",
    "B?==B<<<A?=;>9B>F8:;E=BE>==@", "IJIJJKJJLMKIIGJKMGHHLJMNMLFJ",
    "E?D=AB>EG>?>?>EAI;>@G?II?H@F", "BHGHHIHHCKIGD?HIKEFFJHKLEJ<H",
    "?=>@CDADA@A=>;D?H?==FAHIDA<C", "GIEHHJHIJKJAEDHIL?F>JIKLKKAI",
    "B::=@?<:DE>;=9B@F9;<EAFG?>=@", "FB=BFHFBGCAC>AFDJ@@@F@JKJA<D",
    "@IGI@JHIBBJGHEDILAGGDCLLDKD@", "IJIJJKJJLMKIIGJKMGHHLJMNMLFJ",
};
// By what stands before: a vowel, a consonant, no letter, a byte from 0x80 on.
constexpr char kLatin1Before[32][5] = {
    "613;", "606<", "6057", "6192", "8066", "905<", "806:", "1248",
    "315=", "504<", "415;", "2168", "6079", "508:", "133:", "2169",
    "1284", "059:", "3179", "218;", "606;", "5172", "705<", "4158",
    "705<", "117:", "513:", "2179", "804;", "7079", "5228", "4158",
};
// By column: what stands behind what follows, likewise.
constexpr char kLatin1Then[28][5] = {
    "621;", "1366", "2167", "1456", "721<", "1255", "1356",
    "3168", "5127", "2333", "2326", "2245", "1436", "3227",
    "631<", "1356", "1449", "1247", "3229", "1345", "513:",
    "1464", "4419", "1438", "4226", "2244", ";;0@", "1349",
};

// clang-format on

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_DETECT_BYTE_PAIRS_H_
