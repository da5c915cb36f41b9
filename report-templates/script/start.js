// @ts-check
// Last of the scripts: the page is whole without them, so they begin only when all are there.

buildFilter();
for (const holder of document.querySelectorAll('[data-group]')) registerGroup(holder);
if (causeList && data.causes.length > 0) {
  document.getElementById('causes-shown')?.remove();
  causeList.after(moreCauses);
}
applyFilter();
completeTables();
addCopyButtons(document);
openTarget();
addEventListener('hashchange', openTarget);
addEventListener('beforeprint', openForPrint);
