/** A recorder whose Chrome does not start; it waits on, for a take that would try it once more. */
process.on('message', () => {
  process.send?.({ type: 'unprepared', error: { code: 'chrome.launch-failed', message: 'as the script says' } })
})
process.on('disconnect', () => process.exit(0))
