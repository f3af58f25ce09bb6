import "$shared/fonts.css";
import "$shared/tokens.css";
import "$shared/base.css";
import "./field.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { install } from "./install.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

mount(App, { target });
install();
