using Google.Protobuf.Reflection;

namespace KtpGrpc.Server.Rpc;

/// <summary>Finds the file in which a name of the contract is declared.</summary>
internal sealed class SymbolTable
{
    private readonly Dictionary<string, FileDescriptor> _files = [];
    private readonly Dictionary<string, FileDescriptor> _symbols = [];

    public SymbolTable(IEnumerable<FileDescriptor> files)
    {
        foreach (var file in files.SelectMany(WithDependencies).Distinct())
        {
            _files[file.Name] = file;
            AddAll(file.Services);
            AddAll(file.Services.SelectMany(service => service.Methods));
            AddAll(file.EnumTypes);
            foreach (var message in file.MessageTypes)
            {
                AddMessage(message);
            }
        }
    }

    public FileDescriptor? FileNamed(string name) => _files.GetValueOrDefault(name);

    /// <summary>The file of a service, method, message, field or enum, by its full name.</summary>
    public FileDescriptor? FileOf(string symbol) => _symbols.GetValueOrDefault(symbol);

    public static IEnumerable<FileDescriptor> WithDependencies(FileDescriptor file)
    {
        var found = new List<FileDescriptor>();
        Collect(file, found);
        return found;
    }

    private static void Collect(FileDescriptor file, List<FileDescriptor> found)
    {
        if (found.Contains(file))
        {
            return;
        }

        found.Add(file);
        foreach (var dependency in file.Dependencies)
        {
            Collect(dependency, found);
        }
    }

    private void AddMessage(MessageDescriptor message)
    {
        AddAll([message]);
        AddAll(message.Fields.InDeclarationOrder());
        AddAll(message.EnumTypes);
        foreach (var nested in message.NestedTypes)
        {
            AddMessage(nested);
        }
    }

    private void AddAll(IEnumerable<IDescriptor> descriptors)
    {
        foreach (var descriptor in descriptors)
        {
            _symbols[descriptor.FullName] = descriptor.File;
        }
    }
}
