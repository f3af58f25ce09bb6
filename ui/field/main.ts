import "$shared/fonts.css";
import "$shared/tokens.css";
import "$shared/base.css";
import "./field.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { install } from "./install.svelte";
import { fence, practising } from "./realm";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

if (practising()) fence(); // before anything runs that could ask
mount(App, { target });
install();
