package tocsin.local.produce;

import picocli.CommandLine.Command;

/** {@code produce}: one message, by hand. */
@Command(
        name = "produce",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(download | advisory)",
        subcommands = {ProduceDownloadCommand.class, ProduceAdvisoryCommand.class},
        description = "Sends one message as a proxy or a feed would.")
public final class ProduceCommand {}
