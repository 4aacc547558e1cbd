// Follows the node: by server-sent events, by polling while the stream does not work, not at all while
// nobody looks.
import { get } from "./api.js";

const pollEvery = 3000;
const streamAgainAfter = 20_000;

/// `on` = { status(object), job(object), stall(object), state(name, fault) }. Returns { start, stop }.
export function follow(on) {
  let source = null;
  let polling = null;
  let again = null;
  let running = false;

  const listen = (name) => source.addEventListener(name, (event) => on[name](JSON.parse(event.data)));

  function stream() {
    source = new EventSource("/api/events");
    source.addEventListener("open", () => {
      stopPolling();
      on.state("stream");
    });
    for (const name of ["status", "job", "stall"]) listen(name);
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED && polling) return; // it tries again by itself
      if (source.readyState === EventSource.CLOSED) again ??= setTimeout(retry, streamAgainAfter);
      poll();
    });
  }

  function retry() {
    again = null;
    source?.close();
    if (running) stream();
  }

  async function poll() {
    if (polling || !running) return;
    const mine = (polling = {});
    try {
      on.status(await get("/api/status"));
      if (polling === mine) on.state("polling");
    } catch (fault) {
      if (polling === mine) on.state("away", fault.message);
    }
    if (polling === mine)
      mine.timer = setTimeout(() => {
        if (polling !== mine) return;
        polling = null;
        poll();
      }, pollEvery);
  }

  function stopPolling() {
    clearTimeout(polling?.timer);
    polling = null;
  }

  return {
    start() {
      if (running) return;
      running = true;
      stream();
    },
    stop() {
      running = false;
      source?.close();
      clearTimeout(again);
      again = null;
      stopPolling();
    },
  };
}
