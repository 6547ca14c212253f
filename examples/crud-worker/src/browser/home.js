// The name of a workspace becomes a path. It has passed the field's pattern, so that no part of it has a meaning there.

const form = document.getElementById("open");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  location.assign(`/w/${form.elements.workspace.value}`);
});
