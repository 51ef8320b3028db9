using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Mqtt.Calls;
using Serverless.Dialects.Cumulocity.Mqtt.Custom;
using Serverless.Dialects.Cumulocity.Mqtt.Devices;
using Serverless.Dialects.Cumulocity.Mqtt.Json;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;
using Serverless.Dialects.Cumulocity.Mqtt.Templates;
using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Mqtt.Sessions;

/// <summary>A message that came on a topic of this API, by a client's connection or through the hub.</summary>
/// <param name="Caller">In whose name it is taken.</param>
/// <param name="Serial">The serial of the device that sent it.</param>
/// <param name="Collection">The collection of templates that s/ud stands for, or null.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Payload">The message.</param>
/// <param name="Received">When it came, where it may come again; else null.</param>
internal sealed record UpMessage(
    Caller Caller,
    string Serial,
    string? Collection,
    string Topic,
    ReadOnlyMemory<byte> Payload,
    DateTimeOffset? Received = null
);

/// <summary>What the sender is told.</summary>
/// <param name="Topic">The topic of the answer.</param>
/// <param name="Payload">The answer.</param>
internal sealed record DownMessage(string Topic, string Payload);

/// <summary>Takes SmartREST and JSON. What is refused is told to the sender on s/e or error, row by row; the rows behind it are taken.</summary>
internal sealed class TopicMessages(
    MqttDevices devices,
    IApiCalls api,
    TemplateCollections collections,
    DeadLetters deadLetters,
    MessageClock clock,
    ILogger logger
)
{
    /// <summary>Takes a message; what it does is durable when the task completes.</summary>
    /// <param name="message">The message.</param>
    /// <param name="pushPending">Sends the client its pending operations.</param>
    /// <param name="tell">Gets what the sender is told.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="StoreUnavailableException">Not all of it was done; it may be tried again.</exception>
    public async Task TakeAsync(UpMessage message, Func<Task> pushPending, Action<DownMessage> tell, CancellationToken cancellation)
    {
        if (UpTopic.Parse(message.Topic) is not { } topic)
        {
            // The vendor ignores it too, but a program's author should learn of it.
            Refuse(message, tell, new SmartRestException(SmartRestError.NoTemplate, "", "There is no such topic"));
            return;
        }

        DeviceDoor Door(Requests.ProcessingMode mode) =>
            new(new DoorKey(message.Caller, message.Serial, topic.Child, mode, message.Received), devices, api, clock, cancellation)
            {
                PushPendingAsync = pushPending,
            };
        switch (topic.Kind)
        {
            case UpKind.Json:
                await TakeJsonAsync(message, Door, tell, cancellation);
                break;
            case UpKind.Static:
                await TakeRowsAsync(message, Door(topic.Mode), StaticTemplates.RunAsync, ClientTopics.Static, tell);
                break;
            case UpKind.Custom or UpKind.Default:
                await TakeCustomAsync(message, topic, Door(topic.Mode), tell);
                break;
            case UpKind.Registration:
                await RegisterAsync(message, topic.Name!, tell, cancellation);
                break;
            default:
                Refuse(message, tell, new SmartRestException(SmartRestError.Refused, "", "The topic is not open to this client"));
                break;
        }
    }

    /// <summary>Tells the sender, and the log, why a message was not taken.</summary>
    public void Refuse(UpMessage message, Action<DownMessage> tell, SmartRestException error)
    {
        CumulocityTopicLog.Refused(logger, $"{message.Caller.Tenant}/{message.Serial}", Shown(message.Topic), error.Message);
        if (JsonTopic.IsMeant(message.Topic))
        {
            tell(Json("mqtt/Bad Request", error.Message));
        }
        else
        {
            tell(new DownMessage(ClientTopics.Errors, error.ToRow()));
        }
    }

    private async Task TakeCustomAsync(UpMessage message, UpTopic topic, DeviceDoor door, Action<DownMessage> tell)
    {
        var name = topic.Kind == UpKind.Default ? message.Collection : topic.Name;
        if (name is null || await collections.FindAsync(message.Caller.Tenant, name, door.Cancellation) is not { } collection)
        {
            Refuse(
                message,
                tell,
                new SmartRestException(SmartRestError.NoTemplate, "", $"There is no template collection {name}".TrimEnd())
            );
            return;
        }

        var answers = topic.Kind == UpKind.Default ? ClientTopics.Default : ClientTopics.Custom + name;
        await TakeRowsAsync(message, door, call => CustomRequests.RunAsync(collection, call), answers, tell);
    }

    private async Task TakeRowsAsync(UpMessage message, DeviceDoor door, Template template, string answers, Action<DownMessage> tell)
    {
        var errors = new List<SmartRestException>();
        foreach (var row in SmartRestReader.Read(message.Payload.Span, errors))
        {
            if (await TryAsync(message, row.Id, () => template(new TemplateCall(row, door)), door.Cancellation) is { } refused)
            {
                errors.Add(refused);
            }
        }

        foreach (var error in errors)
        {
            Refuse(message, tell, error);
        }

        if (door.Replies.Count > 0)
        {
            tell(new DownMessage(answers, string.Join('\n', door.Replies)));
        }
    }

    /// <returns>Why the row was refused, or null.</returns>
    private async Task<SmartRestException?> TryAsync(UpMessage message, string id, Func<Task> run, CancellationToken cancellation)
    {
        try
        {
            await run();
            return null;
        }
        catch (SmartRestException refused)
        {
            return refused;
        }
        catch (UnknownDeviceException unknown)
        {
            await KeepAsync(message, unknown, cancellation);
            return new SmartRestException(SmartRestError.Refused, id, unknown.Message);
        }
        catch (Exception refused) when (refused is CumulocityException or DomainException)
        {
            return new SmartRestException(SmartRestError.Refused, id, refused.Message);
        }
        catch (Exception failure) when (failure is not (StoreUnavailableException or OperationCanceledException))
        {
            // What nobody foresaw must neither hold up the other rows nor come back for ever.
            CumulocityTopicLog.Failed(logger, $"{message.Caller.Tenant}/{message.Serial}", Shown(message.Topic), failure);
            await KeepAsync(message, failure, cancellation);
            return new SmartRestException(SmartRestError.Server, id, "The row could not be taken");
        }
    }

    private async Task TakeJsonAsync(
        UpMessage message,
        Func<Requests.ProcessingMode, DeviceDoor> door,
        Action<DownMessage> tell,
        CancellationToken cancellation
    )
    {
        try
        {
            if (JsonTopic.Parse(message.Topic) is not { } topic)
            {
                throw CumulocityErrors.Invalid("mqtt", $"The topic {Shown(message.Topic)} is none of those that are supported.");
            }

            await JsonMessages.TakeAsync(topic, message.Payload, door(topic.Mode));
        }
        catch (CumulocityException refused)
        {
            Refuse(message, tell, refused.Error, refused.Message);
        }
        catch (DomainException refused)
        {
            Refuse(message, tell, "mqtt/Invalid Data", refused.Message);
        }
        catch (UnknownDeviceException unknown)
        {
            await KeepAsync(message, unknown, cancellation);
            Refuse(message, tell, "inventory/Not Found", unknown.Message);
        }
        catch (Exception failure) when (failure is not (StoreUnavailableException or OperationCanceledException))
        {
            CumulocityTopicLog.Failed(logger, $"{message.Caller.Tenant}/{message.Serial}", Shown(message.Topic), failure);
            await KeepAsync(message, failure, cancellation);
            tell(Json("mqtt/Internal Server Error", "The message could not be taken."));
        }
    }

    /// <summary>An empty message asks whether there is a collection; any other registers one.</summary>
    private async Task RegisterAsync(UpMessage message, string name, Action<DownMessage> tell, CancellationToken cancellation)
    {
        var (tenant, user) = (message.Caller.Tenant, message.Caller.User);
        if (message.Payload.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            var known = await collections.FindIdAsync(tenant, name, cancellation);
            var row = known is null ? SmartRestWriter.Write("41", name) : SmartRestWriter.Write("20", name, known);
            tell(new DownMessage(ClientTopics.Registrations, row));
            return;
        }

        var errors = new List<SmartRestException>();
        var rows = SmartRestReader.Read(message.Payload.Span, errors);
        var refused =
            errors.FirstOrDefault()
            ?? await TryAsync(
                message,
                name,
                async () =>
                {
                    var id = await collections.AddAsync(tenant, user, name, TemplateCollection.Read(rows), cancellation);
                    tell(new DownMessage(ClientTopics.Registrations, SmartRestWriter.Write("20", name, id)));
                },
                cancellation
            );
        if (refused is not null)
        {
            Refuse(message, tell, refused);
        }
    }

    private Task KeepAsync(UpMessage message, Exception reason, CancellationToken cancellation)
    {
        var properties = new Dictionary<string, string> { ["dialect"] = CumulocityDialect.DialectName, ["topic"] = message.Topic };
        var letter = new DeviceMessage(
            message.Serial,
            message.Payload,
            message.Received ?? clock.Next(),
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            properties
        );
        return deadLetters.AddAsync(message.Caller.Tenant, [DeadLetters.Of(letter, reason.Message)], cancellation);
    }

    private void Refuse(UpMessage message, Action<DownMessage> tell, string error, string text)
    {
        CumulocityTopicLog.Refused(logger, $"{message.Caller.Tenant}/{message.Serial}", Shown(message.Topic), text);
        tell(Json(error, text));
    }

    private static DownMessage Json(string error, string message) =>
        new(
            ClientTopics.JsonErrors,
            new JsonObject { ["error"] = error, ["message"] = message }.ToJsonString(Operations.JsonTexts.Options)
        );

    private static string Shown(string topic) => topic.Length <= 128 ? topic : topic[..128];
}
