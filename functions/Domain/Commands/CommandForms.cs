using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;

namespace Serverless.Domain.Commands;

/// <summary>What a command is on its way to the device.</summary>
internal static class CommandForms
{
    /// <summary>What a device gets as a method's payload or a desired property: {"id","uuid","dialect","payload","deadline"?,"transactionId"?}.</summary>
    public static JsonObject EnvelopeOf(Command command, DeviceTwin device)
    {
        var envelope = new JsonObject
        {
            ["id"] = command.Id,
            ["uuid"] = device.Uuid.ToString(),
            ["dialect"] = command.Dialect,
            ["payload"] = command.Payload.DeepClone(),
        };
        if (command.Deadline is { } deadline)
        {
            envelope["deadline"] = deadline.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        }

        if (command.TransactionId is { } transaction)
        {
            envelope["transactionId"] = transaction;
        }

        return envelope;
    }

    public static CloudToDeviceMessage MessageOf(Command command)
    {
        var text = command.Payload is JsonValue value && value.TryGetValue<string>(out var raw) ? raw : command.Payload.ToJsonString();
        var system = new Dictionary<string, string>();
        if (command.TransactionId is { } transaction)
        {
            system["correlation-id"] = transaction;
        }

        var properties = new Dictionary<string, string>(command.Properties)
        {
            [CommandEchoes.CommandProperty] = command.Id,
            ["dialect"] = command.Dialect,
        };
        return new CloudToDeviceMessage(command.Id, Encoding.UTF8.GetBytes(text), system, properties, command.Deadline);
    }
}
