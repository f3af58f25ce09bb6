import { recall, remember } from "$shared/remembered";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const isTheme = (value: string): value is Theme => (themes as readonly string[]).includes(value);

/** Light or dark: as the system says, until the person chooses. */
class Appearance {
  theme = $state<Theme>("system");

  constructor() {
    this.choose(recall("theme", isTheme) ?? "system");
  }

  choose(theme: Theme): void {
    this.theme = theme;
    remember("theme", theme);
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }
}

export const appearance = new Appearance();
