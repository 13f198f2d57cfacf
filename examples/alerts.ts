// What is to happen with each alert: here it is given words and a severity. A module may also be async, and call
// whatever is to hear of it; an alert that it returns nothing for goes no further.
export function transform(alert) {
  if (alert.pattern !== undefined) {
    return { severity: 'warning', message: `${alert.user_id}: ${alert.pattern}`, ...alert };
  }
  const { sensor_id, value, mean, score } = alert;
  const severity = Math.abs(score) >= 10 ? 'critical' : 'warning';
  return {
    severity,
    message: `${sensor_id}: ${value.toFixed(1)} where ${mean.toFixed(1)} is usual`,
    ...alert,
  };
}
