const MIT_TERMS = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/**
 * Licence texts of packages that ship none, by package name: what their manifest and the headers of their sources
 * say, put together by hand. xz-decompress 0.2.3: `license` and authors of its package.json; neither its repository
 * nor that of xzwasm, which it was forked from, holds a licence file. Its WebAssembly is built from two submodules.
 */
export const TEXTS_BY_HAND: ReadonlyMap<string, string> = new Map([
  [
    'xz-decompress',
    `The package ships no licence file. Its package.json says "MIT" and names these authors:

Tim Perry <tim@httptoolkit.com>, Steven Sanderson (xzwasm)

MIT License

${MIT_TERMS}

The WebAssembly module in it holds parts of two other works:

XZ Embedded (https://tukaani.org/xz/embedded.html), by Lasse Collin and Igor Pavlov, put into the public domain by its
authors.

walloc (https://github.com/wingo/walloc), Copyright (c) 2020 Igalia, S.L., under the MIT License as above.`,
  ],
]);
