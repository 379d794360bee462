#pragma once

#include <string_view>

// The HTTP library hides its sockets; faults and an immediate stop need them. They are found among this
// process's descriptors by their two ports: ours on the near end, the client's on the far end.
namespace local_service {

/// The server's end of the connection from `client_port`, or -1.
int find_connection(int server_port, int client_port);
/// Ends every connection to the server; threads that wait in them wake up.
void shut_connections(int server_port);
void shut(int socket);
bool peer_is_gone(int socket);
/// Writes raw bytes; false when the peer is gone.
bool send_all(int socket, std::string_view bytes);
/// Lowers the calling thread's priority, where the system has one per thread.
void lower_thread_priority();

}  // namespace local_service
