/** `inner`, with some of its methods done otherwise. */
export function overriding<Part extends object>(inner: Part, own: Partial<Part>): Part {
  return new Proxy(inner, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return Reflect.get(own, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
    has: (target, name) => name in own || name in target,
  });
}
