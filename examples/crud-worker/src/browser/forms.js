// Forms that say what was wrong where it was wrong. Data becomes text of the page, never markup.

let alerts = 0;

/** A copy of a template's one element. */
export function copy(template) {
  return document.getElementById(template).content.firstElementChild.cloneNode(true);
}

/** An element with attributes and children; a string becomes a text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** Does `act` when the form is sent, one time after the other, and shows what is refused. */
export function onSubmit(form, act) {
  let busy = false;
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    // Half a date has no value, and must not be taken for none.
    const half = [...form.elements].find((field) => field.validity?.badInput);
    clear(form);
    if (half) return show(form, { field: half.name, message: half.validationMessage });
    busy = true;
    await attempt(form, act);
    busy = false;
  });
}

/** Does `act`; shows what is refused at the field of `place` that caused it, or at the end of `place`. */
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
  // It is announced because the text comes after the element.
  alert.textContent = message;
}

function clear(place) {
  for (const alert of place.querySelectorAll('[role="alert"]')) alert.remove();
  for (const field of place.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}
