// Signing in leads out of the app and back to its first page: from there it goes on to where the visitor was.

const KEY = "signing-in-from";
let begun = false;

function note(event) {
  if (event.target.closest?.('[class*="st-key-sign_in_"] button')) sessionStorage.setItem(KEY, location.pathname + location.search);
}

function draw({ data }) {
  if (begun) return;
  begun = true;
  document.addEventListener("click", note, true);
  const from = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  // Whoever is elsewhere by now has gone there.
  if (!from || !data.signed_in || !location.pathname.endsWith("/")) return;
  const there = new URL(from, location.origin);
  // A path may read as another address: //elsewhere.example
  if (there.origin === location.origin && there.href !== location.href) location.replace(there);
}
