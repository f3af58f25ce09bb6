/** The address of a file in gzip; see vite.config.ts. */
declare module "*?packed" {
  const url: string;
  export default url;
}
