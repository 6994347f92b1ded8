/** What runs on a node by itself: cron, timers, the journal, edited units. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const bash = bashIn(bootedWorld())

test("cron begins with the first table and runs what is due, by the world's clock", () => {
  expect(
    bash(
      "systemctl is-active cron; echo '*/2 * * * * date +%M >> /tmp/ticks' | crontab -; systemctl is-active cron; sleep 300; cat /tmp/ticks",
    ),
  ).toBe("inactive\nactive\n02\n04")
  expect(
    bash(
      "journalctl -u cron -n 1 -o cat; echo '* * * * * ubuntu id -un > /tmp/who' > /etc/cron.d/who; sleep 65; cat /tmp/who; crontab -r; crontab -l",
    ),
  ).toBe("(root) CMD (date +%M >> /tmp/ticks)\nubuntu\nno crontab for root")
})

test("a timer starts its unit, and tells when next", () => {
  expect(
    bash(`printf '[Service]\\nType=oneshot\\nExecStart=/usr/bin/echo said\\n' > /etc/systemd/system/say.service
printf '[Unit]\\nDescription=Often\\n[Timer]\\nOnCalendar=*:0/4\\n[Install]\\nWantedBy=timers.target\\n' > /etc/systemd/system/say.timer
systemctl daemon-reload; systemctl enable --now say.timer; sleep 490; journalctl -u say -o cat | grep -c said
systemctl list-timers | sed -n 2p | tr -s ' ' | cut -d' ' -f3,8-`),
  ).toMatch(/^2\n\d\d:\d\d:00 .*say\.timer say\.service\nCreated symlink/)
})

test("what is logged is found again, and the kernel tells whom it killed", () => {
  expect(bash("logger -t me hello; journalctl -t me -o cat; echo x | logger -p user.err; journalctl -p err -n 1 -o cat")).toBe("hello\nx")
  bash(`kubectl run hog --image=polinux/stress --restart=Never --overrides='{"spec":{"nodeName":"controlplane","containers":[{"name":"hog","image":"polinux/stress","command":["stress","--vm","1","--vm-bytes","150M"],"resources":{"limits":{"memory":"100Mi"}}}]}}'
sleep 20`)
  expect(bash("dmesg | grep -o 'Memory cgroup out of memory: Killed process [0-9]* (stress)' | sed 's/[0-9]\\+/N/'")).toBe(
    "Memory cgroup out of memory: Killed process N (stress)",
  )
  expect(bash("journalctl -k -o cat | grep -c oom-kill:constraint=CONSTRAINT_MEMCG; journalctl -b -1")).toBe(
    "1\nData from the specified boot (-1) is not available: No such boot ID in journal",
  )
})

test("an edited unit is told of; an empty edit is none", () => {
  expect(
    bash(
      `SYSTEMD_EDITOR="sh -c 'printf \\"[Service]\\nEnvironment=A=b\\n\\" > \\$0'" systemctl edit kubelet; systemctl cat kubelet | tail -1`,
    ),
  ).toBe("Environment=A=b\nSuccessfully installed edited file '/etc/systemd/system/kubelet.service.d/override.conf'.")
  expect(bash("SYSTEMD_EDITOR=true systemctl edit containerd; echo $?")).toBe(
    "1\n/etc/systemd/system/containerd.service.d/override.conf: after editing, new contents are empty, not writing file.",
  )
})
