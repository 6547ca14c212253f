// Forms that show an error at the field that caused it. Data becomes text of the page, never markup.

let alerts = 0;

/** Returns a copy of a template's only element. */
export function copy(template) {
  return document.getElementById(template).content.firstElementChild.cloneNode(true);
}

/** Creates an element with attributes and children; a string becomes a text node. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** Runs `act` when the form is submitted, one submission at a time, and shows a refusal. */
export function onSubmit(form, act) {
  let busy = false;
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    // A half-entered date has no value, and must not count as no date.
    const half = [...form.elements].find((field) => field.validity?.badInput);
    clear(form);
    if (half) return show(form, { field: half.name, message: half.validationMessage });
    busy = true;
    await attempt(form, act);
    busy = false;
  });
}

/** Runs `act`; shows a refusal at the field of `place` that caused it, or at the end of `place`. */
export async function attempt(place, act) {
  clear(place);
  try {
    return await act();
  } catch (error) {
    show(place, error);
    return undefined;
  }
}

function show(place, { field: name, message }) {
  const alert = element("p", { role: "alert", class: "error", id: `alert-${++alerts}` });
  const field = place.elements?.namedItem(name);
  if (field instanceof HTMLElement) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", alert.id);
    field.closest(".field").append(alert);
    field.focus();
  } else {
    place.append(alert);
  }
  // Screen readers announce it because the text is added after the element.
  alert.textContent = message;
}

function clear(place) {
  for (const alert of place.querySelectorAll('[role="alert"]')) alert.remove();
  for (const field of place.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}
