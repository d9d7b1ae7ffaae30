import { UsageError } from "../command.js";

/** A whole number from 1 of an option, or what stands for it where it is not given. @throws UsageError */
export function wholeNumber(option: string, text: string | undefined, fallback: number): number {
  const value = Number(text ?? fallback);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`"${text ?? ""}" is no whole number; give ${option} ${fallback}, for example.`);
  return value;
}
