import "$shared/fonts.css";
import "$shared/tokens.css";
import "$shared/base.css";
import { languages } from "$shared/i18n/message";
import { mount } from "svelte";
import App from "./App.svelte";
import { keep } from "./offline";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

// What is kept for later must not compete with what is shown first.
const later = window.requestIdleCallback ?? setTimeout;
mount(App, { target, props: { answered: () => later(() => void keep(languages)) } });
