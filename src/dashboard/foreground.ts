import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether the terminal is this process's to read and to draw on, and not a shell's or another job's. Where nobody can
 * tell, it is: also without a controlling terminal, as none can be taken away then.
 */
export function isInForeground(): boolean {
  try {
    const [group, foreground] = process.platform === 'linux' ? groupsOnLinux() : groupsElsewhere();
    return group === foreground || !(Number(foreground) > 0);
  } catch {
    return true;
  }
}

type Groups = readonly [own: string | undefined, foreground: string | undefined];

function groupsOnLinux(): Groups {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // Behind the name, which may hold spaces: state, parent, group, session, terminal, foreground group.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [fields[2], fields[5]];
}

function groupsElsewhere(): Groups {
  const options = ['-o', 'pgid=,tpgid=', '-p', String(process.pid)];
  const [group, foreground] = execFileSync('ps', options, { encoding: 'utf8' }).trim().split(/\s+/);
  return [group, foreground];
}
