// The name of a workspace becomes a path. It matches the field's pattern, so no character of it is special in a path.

const form = document.getElementById("open");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  location.assign(`/w/${form.elements.workspace.value}`);
});
