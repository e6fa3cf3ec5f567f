import { effect, signal } from "@preact/signals";

const key = "pitwall-notices";

/** Whether this browser can show notifications: not over HTTP from another machine. */
export const canNotify = typeof Notification === "function" && isSecureContext;

/** Whether the user wants notifications about runs whose pages are open; stored in the browser. */
export const wantsNotices = signal(canNotify && stored() && Notification.permission === "granted");

effect(() => {
  const isWanted = wantsNotices.value;
  try {
    if (isWanted) localStorage.setItem(key, "yes");
    else localStorage.removeItem(key);
  } catch {
    // Without storage, the choice is lost when the page is closed.
  }
});

function stored(): boolean {
  try {
    return localStorage.getItem(key) === "yes";
  } catch {
    // The browser may deny storage.
    return false;
  }
}

/** Asks the browser's permission when notifications are turned on. */
export async function toggleNotices(): Promise<void> {
  if (wantsNotices.peek()) wantsNotices.value = false;
  else wantsNotices.value = (await Notification.requestPermission()) === "granted";
}

/** Shows a notification, if the user wants them. One with the same tag is replaced. */
export function showNotice(title: string, text: string, tag: string): void {
  if (!wantsNotices.peek() || Notification.permission !== "granted") return;
  const notice = new Notification(title, { body: text, tag });
  notice.addEventListener("click", () => {
    focus();
    notice.close();
  });
}
