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

/** Names as programs write them that declare another encoding, or none: where they come from, bytes and text. */
export const UNDECLARED_NAMES: readonly (readonly [from: string, bytes: string, text: string])[] = [
  ["cp850", "M\x81ller^J\x94rg", "Müller^Jörg"],
  ["cp437", "M\x81ller^J\x94rg", "Müller^Jörg"],
  ["cp852", "Dvo\xfd\xa0k^Ji\xfd\xa1", "Dvořák^Jiří"],
  ["cp857", "\x80a\xa7lar^I\x9f\x8dk", "Çağlar^Işık"],
  ["cp862", "\x99\x98\x85\x8f^\x83\x81\x85\x98\x84", "שרון^דבורה"],
  ["mac-roman", "M\x9fller^J\x9arg", "Müller^Jörg"],
  ["cp866", "\x8a\xe3\xa7\xad\xa5\xe6\xae\xa2\xa0^\x90\xae\xa7\xa0", "Кузнецова^Роза"],
  ["mac-cyrillic", "\x8a\xf3\xe7\xed\xe5\xf6\xee\xe2\xe0^\x90\xee\xe7\xe0", "Кузнецова^Роза"],
  ["koi8-u", "\xb7\xd6\xc1\xcb\xc5\xd7\xc9\xde^\xb4\xd7\xc1", "Їжакевич^Єва"],
  ["cp1252", "\x8aimon^\x8eofie", "Šimon^Žofie"],
  ["cp1255", "\xf9\xc8\xd1\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", "שָׁרון^דבורה"],
  ["cp1253", "\xa2\xed\xed\xe1^\xc5\xeb\xdd\xed\xe7", "Άννα^Ελένη"],
  ["cp737", "\x83\xa0\xa6\xa4\xac\xa9\xa0\xa6\xaa^\x84\xa2\xe2\xa4\x9e", "Διονυσιος^Ελένη"],
  ["cp874", "\xca\xc1\xaa\xd2\xc2^\xe3\xa8\xb4\xd5", "สมชาย^ใจดี"],
  ["cp1257", "\xdeukauskait\xeb^R\xfbta", "Žukauskaitė^Rūta"],
  ["johab", "\xd1\xb7^\x8b\xa9\x95\xb7", "홍^길동"],
  ["johab", "\x99\xb1\xa4w^\x88b\xd0a", "똠방^각하"],
  ["cp1258", "Nguy\xea\xden", "Nguyễn"],
  ["cp949", "\x8cc\xb9\xe6^\xb0\xa2\xc7\xcf", "똠방^각하"],
  ["UTF-8 twice", "M\xc3\x83\xc2\xbcller", "Müller"],
  ["UTF-8 three times", "M\xc3\x83\xc6\x92\xc3\x82\xc2\xbcller", "Müller"],
  ["UTF-8 as Windows-1252", "\xc3\x85\xc2\xa0imon", "Šimon"],
];
