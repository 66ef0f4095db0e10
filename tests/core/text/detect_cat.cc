// Prints what DetectEncoding says of texts, for measuring. Standard input is a
// sequence of: `u` or `m` (whether UTF-8 is claimed), a length in decimal digits, a
// newline, and as many bytes. A line is printed for each: the encoding's name, `r`
// or `-` (U+FFFD), `d` or `-` (encoded twice), and the evidence, between tabs.
// With an argument, a number: judges all so often and prints nanoseconds a text.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "core/text/detect/detect.h"

namespace {

struct Question {
  bool claims_utf8;
  std::string text;
};

std::vector<Question> ReadQuestions(std::istream& in) {
  std::vector<Question> questions;
  char claim;
  size_t length;
  while (in >> claim >> length) {
    in.get();
    Question question{claim == 'u', std::string(length, '\0')};
    in.read(&question.text[0], static_cast<std::streamsize>(length));
    questions.push_back(std::move(question));
  }
  return questions;
}

marcd::Detection Answer(const Question& question) {
  return marcd::DetectEncoding(question.text, question.claims_utf8, marcd::Encoding::kMarc8,
                               nullptr);
}

void PrintTime(const std::vector<Question>& questions, int rounds) {
  size_t words = 0;  // So that no answer is optimised away.
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) {
    for (const Question& question : questions) words += Answer(question).evidence.size();
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  std::cout << took.count() / rounds / static_cast<double>(questions.size()) << " ns (" << words
            << ")\n";
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const std::vector<Question> questions = ReadQuestions(std::cin);
  if (argc > 1) {
    PrintTime(questions, std::atoi(argv[1]));
    return 0;
  }
  for (const Question& question : questions) {
    const marcd::Detection found = Answer(question);
    std::cout << found.name << '\t' << (found.replacement_characters ? 'r' : '-') << '\t'
              << (found.double_encoded ? 'd' : '-') << '\t' << found.evidence << '\n';
  }
  return 0;
}
