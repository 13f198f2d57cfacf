import type { Millis } from '../../clock.ts';
import type { JsonObject } from '../../event.ts';
import type { Random } from './random.ts';

/** Makes event `index`, which happens at `time`. */
export type Maker = (random: Random, index: number, time: Millis) => JsonObject;

const SESSION = 30 * 60_000;
const USERS = 1000;
const PRODUCTS = 200;

const pages = ['/', '/search', '/cart', '/checkout', '/account'];
const browsers = ['chrome', 'chrome', 'chrome', 'safari', 'safari', 'firefox', 'edge'];
const countries = ['US', 'US', 'US', 'DE', 'GB', 'FR', 'IN', 'BR', 'JP', 'CH'];
const devices = ['mobile', 'mobile', 'desktop', 'desktop', 'tablet'];
const cities = ['Berlin', 'London', 'Paris', 'New York', 'Mumbai', 'Tokyo', 'Bern'];

export const kinds = ['clicks', 'orders', 'users', 'sensors'] as const;
export type Kind = (typeof kinds)[number];

export const makers: Readonly<Record<Kind, Maker>> = {
  clicks(random, _index, time) {
    const user = random.skewed(USERS);
    const action = actionOf(random.next());
    const isProduct = action !== 'view' || random.next() < 0.6;
    return {
      user_id: `user-${user}`,
      session_id: `session-${user}-${Math.floor(time / SESSION)}`,
      action,
      page: isProduct ? `/products/${random.skewed(PRODUCTS)}` : random.pick(pages),
      value: action === 'purchase' ? money(random, 500) : action === 'view' ? 0 : money(random, 20),
      timestamp: time,
      metadata: {
        browser: random.pick(browsers),
        country: random.pick(countries),
        device: random.pick(devices),
      },
    };
  },
  orders(random, index, time) {
    const quantity = 1 + random.skewed(5);
    const price = money(random, 200);
    return {
      order_id: `order-${index}`,
      user_id: `user-${random.skewed(USERS)}`,
      product: `product-${random.skewed(PRODUCTS)}`,
      quantity,
      price,
      total: Math.round(quantity * price * 100) / 100,
      timestamp: time,
    };
  },
  users(random, index, time) {
    const user = index % USERS;
    return {
      id: `user-${user}`,
      name: `User ${user}`,
      city: random.pick(cities),
      plan: random.next() < 0.2 ? 'pro' : 'free',
      timestamp: time,
    };
  },
  sensors(random, index, time) {
    const sensor = index % 20;
    // A daily rhythm, some noise, and now and then a fault that a detector is to find.
    const daily = Math.sin((time / 86_400_000) * 2 * Math.PI);
    const fault = random.next() < 0.001 ? 40 : 0;
    return {
      sensor_id: `sensor-${sensor}`,
      temperature: tenths(20 + sensor / 4 + 5 * daily + 2 * (random.next() - 0.5) + fault),
      humidity: tenths(50 - 10 * daily + 4 * (random.next() - 0.5)),
      timestamp: time,
    };
  },
};

function actionOf(chance: number): string {
  if (chance < 0.55) return 'view';
  if (chance < 0.87) return 'click';
  return chance < 0.96 ? 'add_to_cart' : 'purchase';
}

/** In whole cents, mostly small. */
function money(random: Random, most: number): number {
  return (1 + random.skewed(most * 100)) / 100;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
