import "$shared/fonts.css";
import "$shared/tokens.css";
import "$shared/base.css";
import { languages } from "$shared/i18n/message";
import { mount } from "svelte";
import App from "./App.svelte";
import { keep } from "./offline";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

mount(App, { target });
void keep(languages);
