using Microsoft.Extensions.Logging.Console;

namespace Serverless.App.Hosting;

/// <summary>One line a record, on standard output (the Functions host takes whatever comes on standard error for an error): text at a terminal, JSON elsewhere.</summary>
internal static class Logs
{
    public static void Configure(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(simple =>
        {
            simple.SingleLine = true;
            simple.TimestampFormat = "HH:mm:ss ";
        });
        logging.AddJsonConsole(json =>
        {
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        // Each of the two makes itself the format when it is added; this has the last word.
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
            console.FormatterName = Console.IsOutputRedirected ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple
        );
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.None);
    }
}
