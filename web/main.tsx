import "./without-eval.ts";
import { render } from "preact";
import { App } from "./app.tsx";

const host = document.querySelector("#app");
if (host === null) throw new Error("the page has no `#app` element");
render(<App />, host);
