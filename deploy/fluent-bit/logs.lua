-- Whose logs these are, by what stands behind "tocsin." in the tag of the input in fluent-bit.yaml. What is wrong here keeps Fluent Bit from starting.
--
-- format           verdaccio, nginx, nexus or artifactory
-- source           the proxy's name; part of what tells repeats, so never change it for a log
-- kind             what the paths are of (docs/sources.md); needed for nginx, which stands before any registry
-- org              organisation that all requests of the log belong to, if they do
-- user_as          makes the users that the log names principals of org: human, ci_cd or org_token
-- origin_registry  host of the registry that all packages of the log come from, where that is not the public one
return {
  verdaccio = { format = "verdaccio", source = "verdaccio" },
  nginx = { format = "nginx", source = "nginx", kind = "npm-registry" },
  nexus = { format = "nexus", source = "nexus" },
  artifactory = { format = "artifactory", source = "artifactory" },
}
