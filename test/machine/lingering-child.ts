/** A child process that nothing but a signal ends, not even the loss of its parent. */
process.on('message', () => {})
setInterval(() => {}, 1000)
