/**
 * The report types of Shadowserver that our probes have, as the published schema of March 2026 has them: their
 * columns after the common ones, in its order. https://interchange.shadowserver.org/ publishes the schema.
 */
export interface ShadowserverType {
  readonly columns: readonly string[];
  /** Whether there is a `scan6_` type for IPv6. */
  readonly hasIpv6: boolean;
  /** Columns of text that are integers in another type. */
  readonly texts?: readonly string[];
  /** Names that older readers still ask for (AbuseIO's required fields), and the column they stand for. */
  readonly aliases?: Readonly<Record<string, string>>;
}

export const COMMON_COLUMNS = [
  'timestamp',
  'severity',
  'ip',
  'protocol',
  'port',
  'hostname',
  'tag',
  'asn',
  'geo',
  'region',
  'city',
  'naics',
  'hostname_source',
  'sector',
] as const;

/** By the name a probe gives in `report`. */
export const SHADOWSERVER_TYPES: Readonly<Record<string, ShadowserverType>> = {
  scan_ntpmonitor: {
    columns: ['packets', 'response_size', 'amplification'],
    hasIpv6: true,
    aliases: { size: 'response_size' },
  },
  scan_ntp: {
    columns: (
      'version,clk_wander,clock,error,frequency,jitter,leap,mintc,noise,offset,peer,phase,poll,precision,' +
      'processor,refid,reftime,rootdelay,rootdispersion,stability,state,stratum,system,tai,tc,response_size,' +
      'amplification'
    ).split(','),
    hasIpv6: true,
  },
  scan_dns: { columns: ['dns_version', 'min_amplification'], hasIpv6: true },
  scan_snmp: {
    columns: (
      'device_vendor,device_type,device_model,device_version,device_sector,version,sysname,sysdesc,community,' +
      'response_size,amplification,uptime,mac_address,vendor_id,vendor'
    ).split(','),
    hasIpv6: true,
  },
  scan_chargen: {
    columns: ['response_size', 'amplification'],
    hasIpv6: false,
    aliases: { size: 'response_size' },
  },
  // What needs a session (deviceid to productname) stays empty.
  scan_ipmi: {
    columns: (
      'ipmi_version,none_auth,md2_auth,md5_auth,passkey_auth,oem_auth,defaultkg,permessage_auth,userlevel_auth,' +
      'usernames,nulluser,anon_login,error,deviceid,devicerev,firmwarerev,version,manufacturerid,manufacturername,' +
      'productid,productname'
    ).split(','),
    hasIpv6: false,
  },
  scan_db2: {
    columns: ['db2_hostname', 'servername', 'response_size', 'amplification'],
    hasIpv6: false,
  },
  scan_dvr_dhcpdiscover: {
    columns: (
      'device_vendor,device_type,device_model,device_version,device_sector,device_id,device_serial,machine_name,' +
      'manufacturer,method,http_port,internal_port,video_input_channels,alarm_input_channels,' +
      'video_output_channels,alarm_output_channels,remote_video_input_channels,mac_address,ipv4_address,' +
      'ipv4_gateway,ipv4_subnet_mask,ipv4_dhcp_enable,ipv6_address,ipv6_link_local,ipv6_gateway,ipv6_dhcp_enable,' +
      'response_size,amplification'
    ).split(','),
    hasIpv6: false,
  },
  scan_isakmp: {
    columns: (
      'initiator_spi,responder_spi,next_payload,exchange_type,flags,message_id,next_payload2,' +
      'domain_of_interpretation,protocol_id,spi_size,notify_message_type,response_size,amplification'
    ).split(','),
    hasIpv6: true,
  },
  scan_ldap_udp: {
    columns: (
      'response_size,configuration_naming_context,current_time,default_naming_context,dns_host_name,' +
      'domain_controller_functionality,domain_functionality,ds_service_name,forest_functionality,' +
      'highest_committed_usn,is_global_catalog_ready,is_synchronized,ldap_service_name,naming_contexts,' +
      'root_domain_naming_context,schema_naming_context,server_name,subschema_subentry,' +
      'supported_capabilities,supported_control,supported_ldap_policies,supported_ldap_version,' +
      'supported_sasl_mechanisms,amplification'
    ).split(','),
    hasIpv6: false,
  },
  scan_memcached: {
    columns:
      'version,pid,pointer_size,uptime,time,curr_connections,total_connections,response_size,amplification'.split(
        ',',
      ),
    hasIpv6: false,
  },
  scan_sip: {
    columns: (
      'sip,sip_code,sip_reason,user_agent,sip_via,sip_to,sip_from,content_length,content_type,server,contact,cseq,' +
      'call_id,allow,amplification,response_size'
    ).split(','),
    hasIpv6: false,
  },
  // What other questions would tell (names, addresses, the pages of HTTP) stays empty.
  scan_mdns: {
    columns: (
      'mdns_name,mdns_ipv4,mdns_ipv6,services,workstation_name,workstation_ipv4,workstation_ipv6,workstation_info,' +
      'http_name,http_ipv4,http_ipv6,http_ptr,http_info,http_target,http_port,spotify_name,spotify_ipv4,' +
      'spotify_ipv6,opc_ua_discovery'
    ).split(','),
    hasIpv6: false,
  },
  scan_mssql: {
    columns: 'version,server_name,instance_name,tcp_port,named_pipe,response_size,amplification'.split(','),
    hasIpv6: false,
    aliases: { response_length: 'response_size' },
  },
  scan_nat_pmp: {
    columns: ['version', 'opcode', 'uptime', 'external_ip', 'response_size', 'amplification'],
    hasIpv6: false,
  },
  // raw_response stays empty: payloads are not kept (docs/privacy.md).
  scan_ws_discovery: {
    columns: ['response_size', 'amplification', 'error', 'raw_response'],
    hasIpv6: false,
  },
  scan_ubiquiti: {
    columns: 'mac,radioname,essid,modelshort,modelfull,firmware,response_size,amplification'.split(','),
    hasIpv6: false,
  },
  scan_xdmcp: {
    columns: ['opcode', 'reported_hostname', 'status', 'response_size', 'amplification'],
    hasIpv6: false,
    texts: ['opcode'],
  },
  // From server_port to resource_identifier they are headers of Plex (port 32414), and stay empty.
  scan_ssdp: {
    columns: (
      'header,systime,cache_control,location,server,search_target,unique_service_name,host,nts,nt,content_type,' +
      'server_port,instance,version,updated_at,resource_identifier,amplification,response_size'
    ).split(','),
    hasIpv6: false,
  },
  scan_quic: {
    columns: 'version_field_1,version_field_2,version_field_3,version_field_4'.split(','),
    hasIpv6: false,
  },
  scan_gtp: {
    columns:
      'flags,message_type,message_type_text,message_length,teid,sequence,recovery,response_size,raw_response'.split(
        ',',
      ),
    hasIpv6: false,
  },
  scan_qotd: { columns: ['quote', 'response_size', 'amplification'], hasIpv6: false },
  scan_coap: { columns: ['version', 'response', 'response_size', 'amplification'], hasIpv6: false },
  scan_netbios: {
    columns: ['mac_address', 'workgroup', 'machine_name', 'username', 'response_size', 'amplification'],
    hasIpv6: false,
  },
  scan_portmapper: {
    columns: ['programs', 'mountd_port', 'exports', 'response_size', 'amplification'],
    hasIpv6: false,
  },
  scan_slp: {
    columns: (
      'version,function,function_text,flags,next_extension_offset,xid,language_tag_length,language_tag,error_code,' +
      'error_code_text,response_size,raw_response'
    ).split(','),
    hasIpv6: true,
    texts: ['flags'],
  },
  scan_stun: {
    columns: (
      'transaction_id,magic_cookie,message_length,message_type,mapped_family,mapped_address,mapped_port,' +
      'xor_mapped_family,xor_mapped_address,xor_mapped_port,software,fingerprint,amplification,response_size'
    ).split(','),
    hasIpv6: true,
  },
  scan_tftp: {
    columns: 'opcode,errorcode,error,errormessage,response_size,amplification'.split(','),
    hasIpv6: false,
  },
};

/** Columns that a reader turns into an integer: a text, and a fraction too, would cost the whole row. */
export const INTEGER_COLUMNS: ReadonlySet<string> = new Set(
  (
    'leap,mintc,peer,poll,precision,state,stratum,tai,tc,uptime,vendor_id,pid,pointer_size,' +
    'curr_connections,total_connections,opcode,errorcode,domain_controller_functionality,' +
    'domain_functionality,forest_functionality,highest_committed_usn,next_payload,exchange_type,flags,' +
    'next_payload2,domain_of_interpretation,protocol_id,spi_size,notify_message_type,mountd_port,' +
    'message_length,tcp_port,server_port,http_port,internal_port,video_input_channels,alarm_input_channels,' +
    'video_output_channels,alarm_output_channels,remote_video_input_channels,mapped_port,xor_mapped_port,sip_code,' +
    'content_length'
  ).split(','),
);

/** Columns that a reader turns into a number. */
export const DECIMAL_COLUMNS: ReadonlySet<string> = new Set(
  'clk_wander,frequency,jitter,noise,offset,phase,rootdelay,rootdispersion,stability,min_amplification'.split(
    ',',
  ),
);

/** Ours, after theirs: readers keep them as extra fields. None has a name that a type of theirs uses. */
export const OWN_COLUMNS = [
  'request_size',
  'probe',
  'probed_ip',
  'prefix',
  'finding_status',
  'first_seen',
  'last_seen',
] as const;
