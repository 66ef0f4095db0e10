// The fields of every record of a file, a line each, as MARC4J reads them.
// Usage: java -cp marc4j.jar Lines.java marc|xml|json FILE
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.PrintStream;
import org.marc4j.MarcJsonReader;
import org.marc4j.MarcReader;
import org.marc4j.MarcStreamReader;
import org.marc4j.MarcXmlReader;
import org.marc4j.marc.ControlField;
import org.marc4j.marc.DataField;
import org.marc4j.marc.Subfield;
import org.marc4j.marc.VariableField;

public class Lines {
  static MarcReader open(String format, InputStream in) {
    switch (format) {
      case "xml":
        return new MarcXmlReader(in);
      case "json":
        return new MarcJsonReader(in);
      default:
        return new MarcStreamReader(in);
    }
  }

  public static void main(String[] args) throws Exception {
    MarcReader reader = open(args[0], new FileInputStream(args[1]));
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    while (reader.hasNext()) {
      for (VariableField field : reader.next().getVariableFields()) {
        StringBuilder line = new StringBuilder(field.getTag()).append(' ');
        if (field instanceof ControlField) {
          line.append(((ControlField) field).getData());
        } else {
          DataField data = (DataField) field;
          line.append(data.getIndicator1()).append(data.getIndicator2());
          for (Subfield subfield : data.getSubfields()) {
            line.append('\u001f').append(subfield.getCode()).append(subfield.getData());
          }
        }
        out.print(line.append('\n'));
      }
      out.print('\n');
    }
    out.flush();
  }
}
