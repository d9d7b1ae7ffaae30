import { decodeWindows1252 } from "../../text/index.js";
import { johabText, windowsKorean } from "./korean.js";

/**
 * Letters of bytes 0x80 to 0xFF in the code pages of DOS, which no decoder of the runtime knows, by their numbers; U+FFFD stands for
 * signs that no name holds, such as lines of boxes: most wrong readings have one.
 */
const DOS: Readonly<Record<string, string>> = {
  437:
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ�����áíóúñÑªº������������������������" +
    "���������������������������������ß����µ�����������������°�·�����",
  850:
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø�Ø��áíóúñÑªº�������������ÁÂÀ��������" +
    "������ãÃ��������ðÐÊËÈıÍÎÏ�����Ì�ÓßÔÒõÕµþÞÚÛÙýÝ¯´�������¸°¨·�����",
  852:
    "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ�čáíóúĄąŽžĘę�źČş�������ÁÂĚŞ����Żż�" +
    "������Ăă��������đĐĎËďŇÍÎě����ŢŮ�ÓßÔŃńňŠšŔÚŕŰýÝţ´���ˇ���¸°¨�űŘř��",
  737:
    "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψ����������������" +
    "��������������������������������ωάέήϊίόύϋώΆΈΉΊΌΎΏ���ΪΫ��°�·�����",
  857:
    "ÇüéâäàåçêëèïîıÄÅÉæÆôöòûùİÖÜø�ØŞşáíóúñÑĞğ�������������ÁÂÀ��������" +
    "������ãÃ��������ºªÊËÈ�ÍÎÏ�����Ì�ÓßÔÒõÕµ��ÚÛÙìÿ¯´�������¸°¨·�����",
  862:
    "אבגדהוזחטיךכלםמןנסעףפץצקרשת�����áíóúñÑ��������������������������" +
    "����������������������������������������������������������������",
};

/** Text of bytes in a code page of DOS; U+FFFD for what no name holds. */
function dosText(letters: string, bytes: Uint8Array): string {
  return String.fromCharCode(...bytes).replace(/[\x80-\xff]/g, (byte) => letters[byte.charCodeAt(0) - 0x80]!);
}

/** Bytes in each encoding that only old programs write; U+FFFD stands where they make no sense. */
export function oldReadings(bytes: Uint8Array): string[] {
  return [
    ...Object.values(DOS).map((letters) => dosText(letters, bytes)),
    johabText(bytes),
    windowsKorean(bytes),
  ];
}

const LATIN = decodeWindows1252(Uint8Array.from({ length: 256 }, (_, byte) => byte));
const BYTES: ReadonlyMap<string, number> = new Map(
  Array.from(LATIN, (letter, byte) => [letter, byte] as const),
);
/** How often a text is taken for Latin by a chain of programs. */
const MOST_WRAPPINGS = 3;

/**
 * The texts of which a text is the UTF-8, read as Latin and written as UTF-8 again, once or several times: `MÃ¼ller` holds
 * `Müller`.
 */
export function wrappedIn(text: string): string[] {
  const found: string[] = [];
  for (let inner = text; found.length < MOST_WRAPPINGS;) {
    // Where Latin-1 was meant, its control characters are bytes as they stand.
    const bytes = Array.from(inner, (letter) => BYTES.get(letter) ?? letter.codePointAt(0)!);
    if (bytes.every((byte) => byte < 0x80) || bytes.some((byte) => byte > 0xff)) break;
    try {
      inner = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
    } catch {
      break;
    }
    found.push(inner);
  }
  return found;
}
