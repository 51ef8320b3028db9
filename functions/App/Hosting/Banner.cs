using Serverless.App.Demo;
using Serverless.App.Triggers;
using Serverless.Dialects;
using Serverless.Domain.Devices;
using Serverless.Domain.Users;

namespace Serverless.App.Hosting;

/// <summary>What a person sees at the start: where the cloud is reached, and on the very first start the credentials, once, with lines to paste.</summary>
internal static class Banner
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromDays(30);

    public static void Write(TextWriter output, IServiceProvider services, Endpoints endpoints, AppOptions options)
    {
        if (HostInvocation.Port is not null)
        {
            return; // nobody reads it there, and a host's log is no place for credentials
        }

        output.WriteLine($"HTTP   {string.Join("  ", endpoints.Http)}");
        if (endpoints.MqttPort is { } mqtt)
        {
            output.WriteLine($"MQTT   mqtt://127.0.0.1:{mqtt}");
        }

        if (endpoints.MqttsPort is { } mqtts)
        {
            output.WriteLine(
                $"MQTTS  mqtts://localhost:{mqtts}  (trust {Path.GetFullPath(services.GetRequiredService<Listeners>().AuthorityPath!)})"
            );
        }

        output.WriteLine($"Data   {Path.GetFullPath(options.Data)}");
        output.WriteLine();
        output.Flush();
    }

    public static void WriteCredentials(
        TextWriter output,
        IServiceProvider services,
        Endpoints endpoints,
        AppOptions options,
        FirstCredentials credentials
    )
    {
        var device = credentials.Device;
        output.WriteLine("This is the first start. These credentials are shown once:");
        output.WriteLine($"  user      {credentials.User}   (tenant {credentials.Tenant}; administrator, and operator of this cloud)");
        output.WriteLine($"  password  {credentials.Password}");
        output.WriteLine($"  device    {device.HubId}, UUID {device.Uuid}");
        if (endpoints.MqttsPort is { } mqtts)
        {
            output.WriteLine($"            HostName=localhost:{mqtts};DeviceId={device.HubId};SharedAccessKey={credentials.DeviceKey}");
        }

        output.WriteLine(
            $"  new devices  {Logins.ManagementTenant}/{Logins.BootstrapUser}, password {credentials.Bootstrap}   (Cumulocity's agents)"
        );
        if (endpoints.MqttPort is { } mqtt)
        {
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            var token = SharedAccessSignature.ForDevice("127.0.0.1", device.HubId, credentials.DeviceKey, now + TokenLife);
            output.WriteLine();
            output.WriteLine("# publish as the device (good for 30 days)");
            output.WriteLine(
                $"mosquitto_pub -h 127.0.0.1 -p {mqtt} -i {device.HubId} -u '127.0.0.1/{device.HubId}/?api-version=2021-04-12' \\"
            );
            output.WriteLine($"  -P '{token}' \\");
            output.WriteLine($"  -t 'devices/{device.HubId}/messages/events/' -q 1 -m '{{\"temp\":21.5}}'");
        }

        var (uuid, measurement) = options.Demo ? (DemoDevices.Pump, DemoDevices.PumpMeasurement) : (device.Uuid, "temp");
        var example = new ExampleValues(endpoints.Http[0], credentials.User, credentials.Password, uuid.ToString(), measurement);
        foreach (var dialect in services.GetServices<IDialect>())
        {
            output.WriteLine();
            output.WriteLine($"# {dialect.Name}");
            foreach (var line in dialect.Examples(example))
            {
                output.WriteLine(line);
            }
        }

        output.WriteLine();
        output.Flush();
    }
}
