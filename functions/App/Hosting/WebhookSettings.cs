using System.Globalization;
using Serverless.Domain.Webhooks;

namespace Serverless.App.Hosting;

/// <summary>An option about webhooks.</summary>
/// <param name="Name">Its name among the settings.</param>
/// <param name="Option">Its name on the command line.</param>
/// <param name="Description">What it says.</param>
/// <param name="Default">Its default, in words.</param>
internal sealed record WebhookSetting(string Name, string Option, string Description, string Default);

/// <summary>Reads the options about webhooks.</summary>
internal static class WebhookSettings
{
    private const string Allow = "webhooksAllow";
    private const string Ports = "webhooksPorts";
    private const string Retries = "webhooksRetries";
    private const string Timeout = "webhooksTimeout";
    private const string Origin = "webhooksOrigin";
    private const string DisableDays = "webhooksDisableDays";
    private const int MostRetries = 50;
    private const double MostDisableDays = 365;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(7);

    public static readonly IReadOnlyList<WebhookSetting> All =
    [
        new(Allow, "--webhooks-allow", "Hosts with ports that webhooks may call by http and at private addresses, for development", "none"),
        new(Ports, "--webhooks-ports", "The ports that webhooks may call by https", "443"),
        new(Retries, "--webhooks-retries", "Seconds before each attempt of a delivery", "0,5,300,1800,7200,18000,36000,50400,72000,86400"),
        new(Timeout, "--webhooks-timeout", "Seconds that an endpoint has to answer, 1 to 120", "20"),
        new(
            Origin,
            "--webhooks-origin",
            "What this cloud calls itself to endpoints (WebHook-Request-Origin)",
            "localhost; on Azure the function app's host"
        ),
        new(DisableDays, "--webhooks-disable-days", "Days after which a webhook whose every attempt failed is disabled, 0 for never", "5"),
    ];

    /// <param name="setting">Finds a setting by its name; null where there is none.</param>
    /// <param name="host">What the Functions host calls itself (WEBSITE_HOSTNAME), perhaps with a port; null where there is none.</param>
    /// <exception cref="StartException">A setting is malformed.</exception>
    public static WebhookOptions Read(Func<string, string?> setting, string? host)
    {
        var options = WebhookOptions.Default;
        if (setting(Allow) is { } allow)
        {
            options = options with { Allow = Items(allow).Select(Host).ToHashSet() };
        }

        if (setting(Ports) is { } ports)
        {
            options = options with { Ports = Items(ports).Select(Port).ToHashSet() };
        }

        if (setting(Retries) is { } retries)
        {
            var schedule = Items(retries).Select(item => Seconds(Retries, item, TimeSpan.Zero, LongestDelay)).ToList();
            var all = schedule.Aggregate(TimeSpan.Zero, (sum, delay) => sum + delay);
            options = options with
            {
                Schedule = schedule.Count is > 0 and <= MostRetries
                    ? schedule
                    : throw new StartException($"The setting {Retries} has 1 to {MostRetries} delays."),
                Lifetime = all * 1.5 > options.Lifetime ? all * 1.5 : options.Lifetime,
            };
        }

        if (setting(Timeout) is { } timeout)
        {
            options = options with { Timeout = Seconds(Timeout, timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)) };
        }

        if ((setting(Origin) ?? host?.Split(':')[0]) is { } origin)
        {
            options = options with
            {
                Origin =
                    Uri.CheckHostName(origin) == UriHostNameType.Dns
                        ? origin
                        : throw new StartException($"The setting {Origin} is a host name, not '{origin}'."),
            };
        }

        if (setting(DisableDays) is { } days)
        {
            var count =
                double.TryParse(days, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number <= MostDisableDays
                    ? number
                    : throw new StartException($"The setting {DisableDays} is 0 to {MostDisableDays} days, not '{days}'.");
            options = options with { DisableAfter = count == 0 ? null : TimeSpan.FromDays(count) };
        }

        return options;
    }

    private static string[] Items(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Host(string text) =>
        Uri.TryCreate($"http://{text}", UriKind.Absolute, out var address)
        && text.EndsWith($":{address.Port}", StringComparison.Ordinal)
        && address.Authority.Length > 0
        && address.PathAndQuery == "/"
        && address.UserInfo.Length == 0
            ? $"{address.IdnHost.ToLowerInvariant()}:{address.Port}"
            : throw new StartException($"The setting {Allow} has hosts with their ports, such as localhost:9000, not '{text}'.");

    private static int Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : throw new StartException($"The setting {Ports} has ports, not '{text}'.");

    private static TimeSpan Seconds(string name, string text, TimeSpan least, TimeSpan most) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds >= least.TotalSeconds
        && seconds <= most.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new StartException($"The setting {name} is {least.TotalSeconds} to {most.TotalSeconds} seconds, not '{text}'.");
}
