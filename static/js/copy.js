// Buttons that copy what stands in a field; without scripts they stay hidden, and the field can be marked by hand.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copies]") : []) {
  const field = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
  });
}
