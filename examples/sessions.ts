// A session of each user, from session_start to session_end, with all that happened in it.
export function process(_user, event, state, ctx) {
  const session =
    event.event_type === 'session_start' ? { start_time: event.timestamp, events: [] } : state.get('session');
  if (session === undefined) return null;
  session.events.push(event);
  if (event.event_type !== 'session_end') {
    state.set('session', session);
    ctx.timer(event.timestamp + 30 * 60_000);
    return null;
  }
  state.delete('session');
  return { ...session, end_time: event.timestamp, duration: event.timestamp - session.start_time };
}

// Whoever has been away for half an hour without a word has gone.
export function timer(user_id, at, state) {
  const session = state.get('session');
  if (session === undefined || session.events.at(-1).timestamp + 30 * 60_000 > at) return null;
  state.delete('session');
  return { user_id, start_time: session.start_time, abandoned: true, events: session.events };
}
