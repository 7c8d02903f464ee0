/** `web-1: the name web-1 does not resolve`: whose failure it is, named once. */
export function failureWords(box: string, { message }: { readonly message: string }): string {
  return message.startsWith(`${box}: `) ? message : `${box}: ${message}`
}
