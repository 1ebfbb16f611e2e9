/** Every probe there is: one line each, and nothing else to add to. `list.ts` makes the list of it. */
export { chargen } from './small-services/chargen.js';
export { daytime } from './small-services/daytime.js';
export { dnsAny } from './dns/any.js';
export { dnsResolver } from './dns/resolver.js';
export { echo } from './small-services/echo.js';
export { memcached } from './memcached/memcached.js';
export { ntpMonlist } from './ntp/monlist.js';
export { ntpReadvar } from './ntp/readvar.js';
export { openvpn } from './openvpn/openvpn.js';
export { qotd } from './small-services/qotd.js';
export { snmpGetBulk } from './snmp/getbulk.js';
export { snmpV1GetNext } from './snmp/v1-getnext.js';
export { snmpV3Discovery } from './snmp/v3-discovery.js';
export { systat } from './small-services/systat.js';
export { tftp } from './tftp/tftp.js';
export { time } from './small-services/time.js';
