// One line a test, as everywhere in this repository; what went wrong below it; the sum at the end.

export default async function* report(source) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of source) {
    const isFile = data?.nesting === 0 && data.name?.endsWith(".mjs");
    if (type === "test:pass" && !isFile && !data.skip) {
      passed += 1;
      yield `  ok   ${data.name} (${(data.details.duration_ms / 1000).toFixed(1)} s)\n`;
    } else if (type === "test:fail" && data.details?.error?.failureType !== "subtestsFailed") {
      failed += 1;
      const { error } = data.details;
      const words = error?.cause?.stack ?? error?.cause ?? error;
      yield `  FAIL ${data.name}\n       ${String(words).replaceAll("\n", "\n       ")}\n`;
    } else if (type === "test:stderr" || type === "test:stdout") {
      yield data.message;
    }
  }
  yield `${passed} passed, ${failed} failed\n`;
}
