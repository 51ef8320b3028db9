using System.CommandLine;
using Serverless.Dialects.Authentication.Entra;
using Serverless.Domain.Webhooks;

namespace Serverless.App.Hosting;

/// <summary>What the process is told at its start: by the command line, else by environment variables, else by appsettings.json, else by default.</summary>
/// <param name="Urls">The addresses of HTTP, separated by semicolons.</param>
/// <param name="Data">The folder of the database and the certificates.</param>
/// <param name="MqttPort">The port of plain MQTT; 0 for any free one, -1 for none.</param>
/// <param name="MqttsPort">The port of MQTT over TLS; 0 for any free one, -1 for none.</param>
/// <param name="Bootstrap">The bootstrap file, or null for none.</param>
/// <param name="Demo">Whether demo devices run.</param>
internal sealed record AppOptions(string Urls, string Data, int MqttPort, int MqttsPort, string? Bootstrap, bool Demo)
{
    /// <summary>Which tokens of Microsoft Entra ID are taken, or null for none.</summary>
    public EntraOptions? Entra { get; init; }

    /// <summary>Whom webhooks may call, and how often.</summary>
    public WebhookOptions Webhooks { get; init; } = WebhookOptions.Default;

    /// <summary>Azure's services, where the process runs on them.</summary>
    public AzureSettings? Azure { get; init; }

    /// <summary>Stand-ins of Azure's storage, where the process runs on them.</summary>
    public EmulatorSettings? Emulators { get; init; }

    /// <summary>Whether there is anything to put into the data folder: the database, or certificates.</summary>
    public bool KeepsFiles => (Azure is null && Emulators is null) || MqttsPort >= 0;

    public const string DefaultUrls = "http://127.0.0.1:7071";
    private const string Section = "Serverless";
    private const string EnvironmentPrefix = "SERVERLESS_";

    /// <summary>Reads the command line and runs the process with what it says; prints help, version or what is wrong where that is asked for.</summary>
    /// <returns>The process's exit code: 0, 1 for a wrong command line, or what <paramref name="run"/> returns.</returns>
    public static Task<int> RunAsync(string[] args, Func<AppOptions, CancellationToken, Task<int>> run)
    {
        var urls = new Option<string?>("--urls")
        {
            Description = Describe("The addresses of HTTP, separated by semicolons", "urls", DefaultUrls),
        };
        var data = new Option<string?>("--data")
        {
            Description = Describe("The folder of the database and certificates", "data", "./data"),
        };
        var mqtt = new Option<int?>("--mqtt-port")
        {
            Description = Describe("The port of MQTT; 0 for any free one, -1 for none", "mqttPort", "1883"),
        };
        var mqtts = new Option<int?>("--mqtts-port")
        {
            Description = Describe("The port of MQTT over TLS; 0 for any free one, -1 for none", "mqttsPort", "8883"),
        };
        var bootstrap = new Option<string?>("--bootstrap")
        {
            Description = Describe("A JSON file that declares tenants, users and devices", "bootstrap", "none"),
        };
        var demo = new Option<bool?>("--demo")
        {
            Description = Describe("Run demo devices", "demo", "false"),
            Arity = ArgumentArity.ZeroOrOne,
        };
        var entra = new Option<string?>("--entra")
        {
            Description = Describe(
                "A JSON file, or the JSON itself, that says which tokens of Microsoft Entra ID are taken",
                "entra",
                "none"
            ),
        };
        var webhooks = WebhookSettings.All.ToDictionary(
            setting => setting.Name,
            setting => new Option<string?>(setting.Option) { Description = Describe(setting.Description, setting.Name, setting.Default) }
        );
        var command = new RootCommand("One serverless IoT cloud that speaks five vendors' APIs.")
        {
            urls,
            data,
            mqtt,
            mqtts,
            bootstrap,
            demo,
            entra,
        };
        foreach (var option in webhooks.Values)
        {
            command.Options.Add(option);
        }

        command.SetAction(
            async (parsed, cancellation) =>
            {
                AppOptions options;
                try
                {
                    var settings = Settings();
                    var hosted = Triggers.HostInvocation.Port;
                    options = new AppOptions(
                        parsed.GetValue(urls) ?? Setting(settings, "urls") ?? (hosted is null ? DefaultUrls : $"http://127.0.0.1:{hosted}"),
                        parsed.GetValue(data) ?? Setting(settings, "data") ?? "./data",
                        // Behind the Functions host devices come through IoT Hub, so that there is no endpoint unless one is asked for.
                        Port("--mqtt-port", parsed.GetValue(mqtt) ?? Number(settings, "mqttPort") ?? (hosted is null ? 1883 : -1)),
                        Port("--mqtts-port", parsed.GetValue(mqtts) ?? Number(settings, "mqttsPort") ?? (hosted is null ? 8883 : -1)),
                        parsed.GetValue(bootstrap) ?? Setting(settings, "bootstrap"),
                        parsed.GetResult(demo) is { Implicit: false }
                            ? parsed.GetValue(demo) ?? true
                            : Setting(settings, "demo") is "true" or "1"
                    )
                    {
                        Entra = ReadEntra(parsed.GetValue(entra) ?? Setting(settings, "entra")),
                        Webhooks = WebhookSettings.Read(
                            name => parsed.GetValue(webhooks[name]) ?? Setting(settings, name),
                            Environment.GetEnvironmentVariable("WEBSITE_HOSTNAME")
                        ),
                        Azure = AzureSettings.Read(),
                        Emulators = EmulatorSettings.Read(Environment.GetEnvironmentVariable),
                    };
                }
                catch (StartException wrong)
                {
                    await Console.Error.WriteLineAsync($"Cannot start: {wrong.Message}");
                    return 1;
                }

                return await run(options, cancellation);
            }
        );

        // Stopping is the web host's business: it ends connections and writes what there is before the process goes.
        return command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static string Describe(string what, string setting, string value) =>
        $"{what} [setting {Section}:{setting}, environment variable {Variable(setting)}, default {value}]";

    private static string Variable(string setting) =>
        EnvironmentPrefix + string.Concat(setting.Select(c => char.IsUpper(c) ? $"_{c}" : char.ToUpperInvariant(c).ToString()));

    private static IConfiguration Settings()
    {
        try
        {
            return new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
                .Build();
        }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The settings cannot be read: {wrong.Message} {wrong.InnerException?.Message}");
        }
    }

    private static string? Setting(IConfiguration settings, string name) =>
        Environment.GetEnvironmentVariable(Variable(name)) is { Length: > 0 } value ? value : settings[$"{Section}:{name}"];

    private static EntraOptions? ReadEntra(string? fileOrJson)
    {
        if (string.IsNullOrWhiteSpace(fileOrJson))
        {
            return null;
        }

        try
        {
            return EntraOptions.Parse(fileOrJson.TrimStart().StartsWith('{') ? fileOrJson : File.ReadAllText(fileOrJson));
        }
        catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The setting entra: {wrong.Message}");
        }
    }

    private static int Port(string option, int port) =>
        port is >= -1 and <= 65535 ? port : throw new StartException($"{option} is a port from 0 to 65535, or -1 for none, not {port}.");

    private static int? Number(IConfiguration settings, string name) =>
        Setting(settings, name) is not { } text ? null
        : int.TryParse(text, out var number) ? number
        : throw new StartException($"The setting {name} is a number, not '{text}'.");
}

/// <summary>Why the process cannot start, in words for whoever starts it.</summary>
internal sealed class StartException(string message) : Exception(message);
