// For nginx with njs: the body of a request, read and written anew.
function write(request) {
  return JSON.stringify(JSON.parse(request.requestText), null, 3);
}

export default { write };
