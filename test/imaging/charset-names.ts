/** Bytes written as a text of Latin-1, in which `~` stands for the escape character. */
export const bytes = (text: string): Uint8Array => Buffer.from(text.replaceAll("~", "\x1b"), "latin1");

/** Terms, bytes and text. The Japanese, Korean and Chinese names are the examples of PS3.5 annexes H, I, J and K. */
export const NAMES: readonly (readonly [terms: string, bytes: string, text: string])[] = [
  [
    "\\ISO 2022 IR 87",
    "Yamada^Tarou=~$B;3ED~(B^~$BB@O:~(B=~$B$d$^$@~(B^~$B$?$m$&~(B",
    "Yamada^Tarou=山田^太郎=やまだ^たろう",
  ],
  [
    "ISO 2022 IR 13\\ISO 2022 IR 87",
    "\xd4\xcf\xc0\xde^\xc0\xdb\xb3=~$B;3ED~(J^~$BB@O:~(J",
    "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
  ],
  ["ISO_IR 13", "\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"],
  ["\\ISO 2022 IR 159", "~$(D0!~(B^A", "丂^A"],
  [
    "\\ISO 2022 IR 149",
    "Hong^Gildong=~$)C\xfb\xf3^~$)C\xd1\xce\xd4\xd7=~$)C\xc8\xab^~$)C\xb1\xe6\xb5\xbf",
    "Hong^Gildong=洪^吉洞=홍^길동",
  ],
  ["\\ISO 2022 IR 58", "Zhang^XiaoDong=~$)A\xd5\xc5^~$)A\xd0\xa1\xb6\xab=", "Zhang^XiaoDong=张^小东="],
  ["GB18030", "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东="],
  ["GBK", "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东="],
  // The second byte of a character may be that of a delimiter.
  ["GB18030", "\x95\\\x95^^A", "昞昢^A"],
  ["ISO_IR 192", "Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe4\xb8\x9c", "Wang^XiaoDong=王^小东"],
  ["ISO_IR 6", "Doe^Jane", "Doe^Jane"],
  ["ISO_IR 100", "\xc4neas^R\xfcdiger", "Äneas^Rüdiger"],
  ["ISO_IR 101", "Dvo\xf8\xe1k", "Dvořák"],
  ["ISO_IR 109", "\xb1", "ħ"],
  ["ISO_IR 110", "B\xe9rzi\xf2\xb9", "Bérziōš"],
  ["ISO_IR 144", "\xbb\xee\xda\x63\x65\xdc\xd1\x79\x70\xd3", "Люкceмбypг"],
  ["ISO_IR 127", "\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1", "قباني^لنزار"],
  ["ISO_IR 126", "\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"],
  ["ISO_IR 138", "\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", "שרון^דבורה"],
  ["ISO_IR 148", "\xc7a\xf0lar^I\xfe\xfdk", "Çağlar^Işık"],
  ["ISO_IR 203", "\xbcuvre", "Œuvre"],
  ["ISO_IR 166", "\xca\xc1\xaa\xd2\xc2^\xe3\xa8\xb4\xd5", "สมชาย^ใจดี"],
  ["\\ISO 2022 IR 126", "Dionysios is ~-F\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Dionysios is Διονυσιος"],
  // Behind a delimiter, and behind a line's end, the first set is in force again.
  ["ISO 2022 IR 100\\ISO 2022 IR 126", "~-F\xc4^\xe9\\~-F\xc4\\\xe9=~-F\xc4=\xe9", "Δ^é\\Δ\\é=Δ=é"],
  ["ISO 2022 IR 100\\ISO 2022 IR 144", "~-L\xd9\r\n\xd9 ~-L\xd9\t\xd9", "й\r\nÙ й\tÙ"],
  // What writers make of the terms.
  ["iso-ir 144", "\xbb\xee", "Лю"],
  ["ISO_IR_126", "\xc4", "Δ"],
  ["UTF-8", "\xc3\xa9", "é"],
  ["ISO 2022 IR 149", "\xb1\xe8^\xc8\xf1\xc1\xdf", "김^희중"],
  ["\\ISO 2022 IR 149", "\xb1\xe8^\xc8\xf1\xc1\xdf", "김^희중"],
  ["", "~$B;3ED~(B", "山田"],
];
