// Browsers start no worker from a file. Where the site is opened from a disc, a hidden frame takes the
// place of the one that searches: it runs the same script, and messages go to and fro.
if (location.protocol === "file:") {
  const inside = `
    postMessage = (data) => parent.postMessage(data, "*");
    importScripts = (...urls) => urls.reduce((before, url) => before.then(() => new Promise((done) => {
      const script = document.createElement("script");
      script.src = url;
      script.onload = done;
      document.body.appendChild(script);
    })), Promise.resolve());`;

  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      this.frame = frame;
      addEventListener("message", ({ source, data }) => {
        if (source !== frame.contentWindow) return;
        const told = new MessageEvent("message", { data });
        this.dispatchEvent(told);
        if (this.onmessage) this.onmessage(told);
      });
      const page = frame.contentWindow.document;
      page.open();
      page.write(`<body><script>${inside}<\/script><script src="${url}"><\/script></body>`);
      page.close();
      this.ready = new Promise((done) => { frame.contentWindow.onload = done; });
    }

    postMessage(data) {
      this.ready.then(() => {
        this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }));
      });
    }

    terminate() { this.frame.remove(); }
  };
}
