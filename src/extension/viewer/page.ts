/** What the viewer's page needs to know of its webview. */
export interface PageSource {
  /** Address of `dist/renderers/volume.js` for the webview. */
  readonly script: string;
  /** New for each page: only what carries it may run. */
  readonly nonce: string;
}

/**
 * The viewer's page: nothing in it but the script, which may load nothing. Style sheets are adopted by the script, so no
 * style is allowed either.
 */
export function viewerPage({ script, nonce }: PageSource): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Spinebook viewer</title>
    <style nonce="${nonce}">html, body { margin: 0; padding: 0; }</style>
  </head>
  <body>
    <script type="module" nonce="${nonce}" src="${script}"></script>
  </body>
</html>
`;
}
